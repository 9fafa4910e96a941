"""Official letters: a typed body and a frame become HTML by a template, and the HTML becomes a PDF/A.

``profile`` holds how the agency's letters look and are numbered, ``parts`` and ``bodies`` what a template sees,
``layout`` makes the HTML, ``pdf`` the file. Nothing here knows the database.
"""
