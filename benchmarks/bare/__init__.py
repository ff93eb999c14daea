"""The least that a Django site with a queue can be: what Spotizer's figures are held against."""
