"""Pure: values to text and JSON."""
