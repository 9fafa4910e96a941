"""One process a file. Each defines ``PROCESS`` and reads like the regulation that it carries out."""
