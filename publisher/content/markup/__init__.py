"""HTML that may be published: sanitised, its addresses absolute, its pictures known."""
