"""Pages as Jinja templates, one folder per noun."""
