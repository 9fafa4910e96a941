"""Links by which somebody outside opens one case or one cohort without an account: made, opened, forwarded, ended, sent on."""
