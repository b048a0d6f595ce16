"""Plain words: characters, languages, sentences, and the summary made of them."""
