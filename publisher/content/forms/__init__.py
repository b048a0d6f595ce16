"""How each form of article is taken apart, from its bytes to the words and what the form says."""
