"""Closed dossiers as the one-stop system reports them: by file or by its own call."""
