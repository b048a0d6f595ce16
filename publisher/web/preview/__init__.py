"""`publisher preview`: everything as its readers would see it, on this machine alone.

Three parts of one page (articles, feeds, newsletters) with findings beside them. Nothing here
writes or sends. What an article or a template says is not trusted: it is shown in frames that run
no script, load nothing from elsewhere and can't reach the page around them.
"""
