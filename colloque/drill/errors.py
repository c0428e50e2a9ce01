class CannotDrill(Exception):
    """Why the drill does not start, or stops: one sentence, with what to do."""
