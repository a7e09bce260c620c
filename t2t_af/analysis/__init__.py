"""Tables, figures and pages, made from records and arrays alone.

Nothing here imports TensorFlow, a model or a data set: what a run leaves on
disk (JSON lines, `flow.npz`, `samples.npz`) is enough to remake every number.

  metrics   numbers out of arrays: no files, no drawing
  results   what runs left on disk: folders, records, arrays
  charts    drawing: lines, bars, pictures; they know no result
  figures   the paper's figures and more, from results
  tables    the paper's tables and a comparison's, as text, CSV, LaTeX, HTML
  report    pages out of all of these
  formats   numbers as text
"""
