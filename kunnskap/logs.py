"""What the site writes of itself: one line an event, never what people write and never who they are."""

import logging
import re
import sys
from collections.abc import MutableMapping
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

import structlog

SERVERS = ("gunicorn.error", "gunicorn.access", "waitress")
"""Those who serve the site and write lines of their own, some of them past what is set up here."""
EMAIL = re.compile(r"[^\s@<>\"'(),;:=\[\]]+@[^\s@<>\"'(),;:=\[\]]+\.\w{2,}")
ELEVEN_DIGITS = re.compile(r"(?<![\w.])\d{6}[ .-]?\d{5}(?![\w])|(?<![\w.])\d{4}[ .]\d{2}[ .]\d{5}(?![\w])")
QUERY = re.compile(r"(/[^\s?\"']*)\?[^\s\"'<>]+")
LETS_IN = re.compile(r"(?<=/)(?:(?=[\w-]*[A-Z])[\w-]{32,}|[\w-]+(?:\.[\w-]+)?\.[\w-]{27})(?![\w.-])")
"""A part of an address that is as long as chance and has capitals, as links that let somebody in have and titles not; or
that ends in a signature of ours, as links to appeal or to stop mail do."""
NETWORK_ADDRESS = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}(?![\w.])|[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)"
)


def start(level: str) -> None:
    """Send every log line to standard error, as readable text on a terminal and as JSON elsewhere."""
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    )
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
    ]
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                mask,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # At INFO it writes whom it stopped: an address, or who it is.
    logging.getLogger("flask-limiter").setLevel(logging.WARNING)
    for name in SERVERS:
        logging.getLogger(name).filters = [_mask_record]


def mask(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take out of a line what tells who it is about, whoever wrote it (a structlog processor)."""
    for name, value in line.items():
        if isinstance(value, str):
            line[name] = masked(value)
    return line


def _mask_record(record: logging.LogRecord) -> bool:
    record.msg, record.args = masked(record.getMessage()), None
    return True


def masked(text: str) -> str:
    """Give a text without e-mail addresses, eleven-digit numbers, links that let in and what was asked for.

    IP addresses are shortened.
    """
    text = QUERY.sub(r"\1?…", text)
    text = LETS_IN.sub("…", text)
    text = EMAIL.sub("…@…", text)
    text = ELEVEN_DIGITS.sub("…", text)
    return NETWORK_ADDRESS.sub(_shorter, text)


def _shorter(found: re.Match[str]) -> str:
    bare = found[0].rstrip(":.")
    rest = found[0][len(bare) :]
    for candidate, after in ((found[0], ""), (bare, rest)):
        if is_short := shortened(candidate):
            return is_short + after
    return found[0]


def shortened(network_address: str) -> str:
    """Give an IP address without what tells one household from another: the last octet, or the last 80 bits, is zero.

    The machine's own address tells nothing and is given whole; what is no address is given as nothing.
    """
    try:
        found = ip_address(network_address)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found
    if found.is_loopback or found.is_unspecified:
        return str(found)
    kept = 24 if found.version == 4 else 48
    return str(ip_network(f"{found}/{kept}", strict=False).network_address)
