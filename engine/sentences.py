"""Sentences that remember their words; FEEL, below the engine, makes them too."""

from feel.sentences import Sentence, sentence

__all__ = ["Sentence", "sentence"]
