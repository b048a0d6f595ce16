"""What the files are called that tell of a site how it is set up; all lie in its folder."""

CONFIG_NAME = "publisher.toml"
VOCABULARY_NAME = "tags.toml"
WORDS_NAME = "words.tsv"
SITE_FILES = (CONFIG_NAME, VOCABULARY_NAME, WORDS_NAME)
