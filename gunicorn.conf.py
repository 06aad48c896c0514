"""How gunicorn serves the site; it reads this file by itself when it is started here. Times in seconds, sizes in bytes."""

timeout = 60
graceful_timeout = 30
keepalive = 5
limit_request_line = 8190
limit_request_fields = 64
limit_request_field_size = 8190
# Neither who asked nor what they asked for; the access log is off unless gunicorn is told where to write it.
access_log_format = '%(t)s "%(m)s %(U)s" %(s)s %(B)s %(D)s'
