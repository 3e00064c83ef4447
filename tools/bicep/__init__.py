"""Reading Bicep without its compiler, and proving from it that nothing leaves UK South.

From text to proof, one module a step: tokens, expressions and statements make a tree; evaluation and template turn
the tree into the flat list of resources that would be deployed; the rules look at that list. What cannot be known
before a deployment stays an explicit Unknown, and is never guessed. `python -m tools.bicep --help` says how to run it.
"""
