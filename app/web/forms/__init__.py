"""WTForms: what a form looks like; no rules inside."""
