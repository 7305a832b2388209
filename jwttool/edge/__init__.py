"""The only code that opens files and reads the environment."""
