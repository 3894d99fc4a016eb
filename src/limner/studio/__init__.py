"""The studio: requests of a page on this machine in → drawings, photographs and heads; nothing is kept on disk.

`app` puts the parts together, `server` opens the port. ``routes/`` speaks HTTP and computes nothing; ``jobs/`` computes
in other processes and knows no HTTP; `pool` stands between them.
"""
