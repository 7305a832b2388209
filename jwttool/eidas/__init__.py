"""What eIDAS and PSD2 put into certificates."""
