"""The small web service: readers subscribe, confirm, choose and leave; feeds/ is served beside it.

One module a concern; each gives its routes to app.py. A GET, HEAD or OPTIONS changes nothing,
whoever sends it: mail scanners open every link. Whatever changes something is a POST, and what it
may do stands in a signed token that names nobody. Readers get no cookies; the operator gets one.
"""
