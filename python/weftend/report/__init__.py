"""What a person is shown: words and tables, made here and printed by the command line alone."""
