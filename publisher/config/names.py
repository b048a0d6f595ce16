"""What the files are called that tell of a site how it is set up; both lie in its folder."""

CONFIG_NAME = "publisher.toml"
VOCABULARY_NAME = "tags.toml"
