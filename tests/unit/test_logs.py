"""Log lines name nobody, whoever writes them."""

import io
import json
import logging

import pytest

from kunnskap import logs


@pytest.fixture
def written():
    """What is logged, as it would stand in the file."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.start("INFO")
    stream = root.handlers[0].stream = io.StringIO()
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers, root.level = handlers, level
    for name in logs.SERVERS:
        logging.getLogger(name).filters = []


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("mail to test.person@skien.kommune.no failed", "mail to …@… failed"),
        ("Key (email)=(test.person@skien.kommune.no) already exists", "Key (email)=(…@…) already exists"),
        ("postgresql://site:hemmelig@db.example.no/kunnskap", "postgresql://site:…@…/kunnskap"),
        ("from 203.0.113.77, port 80", "from 203.0.113.0, port 80"),
        ("from ip=203.0.113.77: bad", "from ip=203.0.113.0: bad"),
        ("[2001:db8:1:2:3:4:5:6]:443", "[2001:db8:1::]:443"),
        ("from 2001:db8:1:2::5.", "from 2001:db8:1::."),
        ("from ::ffff:203.0.113.77", "from 203.0.113.0"),
        ("listening on 127.0.0.1:5000", "listening on 127.0.0.1:5000"),
        ("number 01019012345 and 010190 12345 and 1234.56.78901", "number … and … and …"),
        ("GET /sok?q=min+hemmelige+sykdom HTTP/1.1", "GET /sok?… HTTP/1.1"),
        ('"GET /sok?q=hemmelig" 200', '"GET /sok?…" 200'),
        ("GET /nytt-passord/k3Jh_9dQ2-LmNoPqRsTuVwXyZ0123456789AbCdEf HTTP/1.1", "GET /nytt-passord/… HTTP/1.1"),
        ("GET /moderering/klage/MTI.uTU8fMlV_uw0sc75lHECvLqC-9g HTTP/1.1", "GET /moderering/klage/… HTTP/1.1"),
        ("GET /static/css/app.3f2a1b9c0d4e5f6a7b8c9d0e1f2.css", "GET /static/css/app.3f2a1b9c0d4e5f6a7b8c9d0e1f2.css"),
        (
            "GET /sporsmal/12-hvordan-lager-en-liten-kommune-klimabudsjett",
            "GET /sporsmal/12-hvordan-lager-en-liten-kommune-klimabudsjett",
        ),
        ("at 11:24:35 in module::function, 3 of 12 in 250 ms", "at 11:24:35 in module::function, 3 of 12 in 250 ms"),
        ("waiting for version 1.2.3 of 1234567890123 things?", "waiting for version 1.2.3 of 1234567890123 things?"),
    ],
)
def test_what_tells_who_a_line_is_about_is_taken_out(text, masked):
    assert logs.masked(text) == masked


def test_a_line_is_masked_whatever_wrote_it(written):
    logging.getLogger("noe.annet").warning("mail to %s from %s", "test.person@skien.kommune.no", "203.0.113.77")
    (line,) = written()
    assert line["event"] == "mail to …@… from 203.0.113.0"
    assert line["logger"] == "noe.annet"
    assert line["timestamp"].startswith("2")


def test_an_error_is_masked_too(written):
    error = ValueError("Test Testesen <test.person@skien.kommune.no> 01019012345")
    logging.getLogger("noe.annet").error("failed", exc_info=error)
    (line,) = written()
    assert "test.person" not in line["exception"]
    assert "01019012345" not in line["exception"]
    assert "ValueError: Test Testesen" in line["exception"]


@pytest.mark.parametrize("name", logs.SERVERS)
def test_a_server_that_writes_past_us_is_masked_too(written, name):
    logger, heard = logging.getLogger(name), []
    handler = logging.Handler()
    handler.emit = lambda record: heard.append(record.getMessage())
    logger.addHandler(handler)
    try:
        logger.warning("Invalid request from ip=%s: %s", "203.0.113.77", "GET /sok?q=hemmelig")
    finally:
        logger.removeHandler(handler)
    assert heard == ["Invalid request from ip=203.0.113.0: GET /sok?…"]


@pytest.mark.parametrize(
    ("address", "short"),
    [
        ("203.0.113.77", "203.0.113.0"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::"),
        ("::ffff:203.0.113.77", "203.0.113.0"),
        ("127.0.0.1", "127.0.0.1"),
        ("", ""),
        ("unknown", ""),
    ],
)
def test_an_address_is_shortened_so_that_it_is_no_households(address, short):
    assert logs.shortened(address) == short
