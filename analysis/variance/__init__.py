"""From influences to variances."""
