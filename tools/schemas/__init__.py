"""The JSON Schemas of resource.k8s.io: made from published ones and a table of ours."""
