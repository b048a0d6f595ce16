"""publisher: a folder of articles in; feeds and a newsletter out; one line of cron."""

__version__ = "0.1.0"
