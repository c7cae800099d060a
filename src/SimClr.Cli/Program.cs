return SimClr.Cli.CommandLine.Run(args);
