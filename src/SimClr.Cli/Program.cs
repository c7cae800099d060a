SimClr.Cli.Display.SteadyWriter.Install();
return SimClr.Cli.CommandLine.Run(args);
