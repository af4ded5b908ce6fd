"""From what was read to what is stored: one file a step, in the order of ITEM_PIPELINES in harvester/settings.py.

A step changes the item and passes it on, or refuses it with `DropItem` and the reason; a refused release leaves its day
`partial` with its newsId named. Only the last step knows the store.
"""
