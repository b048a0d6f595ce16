"""Which rules articles are read by."""

# Raise it with every change that makes another entry of the same article.
RECIPE = "2026-11-28.3"
