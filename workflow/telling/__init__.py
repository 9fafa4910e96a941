"""What the engine knows, told in Indonesian: procedures, stories of cases, facts and fields in words."""
