"""Who, where and what a story speaks of: bylines, datelines, names, places, topics."""
