"""Tables, curves and pictures, made from records and arrays alone.

Nothing here imports TensorFlow, a model or a data set: what a run leaves on
disk (JSON lines and `samples.npz`) is enough to remake every number.

  records     what is written, line by line, and how it is read back
  quality     PSNR, SSIM, best of N
  references  likelihood of trivial models that any model should beat
  pictures    strips, grids, animations, PNG frames
  comparison  a compare folder as one object; paired differences
  verdict     which set won, in sentences
  tables      the comparison as rows and as text; tables_csv: as CSV
  plots       curves as SVG
  figures     which curves and pictures a comparison has
  report      all of it in one HTML file
"""
