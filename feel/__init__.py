"""FEEL, the expression language of DMN 1.5: parser, evaluator with a budget, built-ins, types."""
