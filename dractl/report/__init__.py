"""Pictures of a cluster: a page that stands alone, and plots. Text in, text out."""
