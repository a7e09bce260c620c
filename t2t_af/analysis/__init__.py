"""Tables, curves and pictures, made from records and arrays alone.

Nothing here imports TensorFlow, a model or a data set: what a run leaves on
disk (JSON lines and `samples.npz`) is enough to remake every number.

  records          what is written, line by line, and how it is read back
  quality          PSNR, SSIM, best of N; series_quality: RMSE, CRPS
  lpips_quality, fvd_quality   LPIPS and FVD, of a network's view of frames
  network_frames   frames as such networks want them
  references       likelihood of trivial models that any model should beat
  pictures         strips, grids, animations, PNG frames
  line_pictures    charts of series as PNG
  contact_sheet    a data set at a glance
  comparison       a compare folder as one object; paired differences
  units            what its likelihoods are told in: video, series
  trivial          how its sets stand against trivial models
  verdict          which set won, in sentences
  tables           the comparison as rows and as text; tables_csv: as CSV
  paper_values, paper_tables, table_forms   the paper's tables beside ours
  paper_figures    its figures: flow_pictures, pixel_path, histograms,
                   generalisation, correlation_figures, sample_grids; beyond
                   it: calibration_figures, quality_figures
  multi_information, particle_example   the paper's examples (Fig. 3, 10)
  calibration      PIT, coverage, CRPS
  plots            curves as SVG; panels: several on one sheet
  figures          which curves a comparison has
  context_figures  truth beside samples of every set
  report           a comparison as one HTML page; report_runs: any runs
"""
