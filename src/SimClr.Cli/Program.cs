SimClr.Runtime.TorchRuntime.EnsureLoaded();
Console.WriteLine(SimClr.Runtime.TorchRuntime.Describe(SimClr.Runtime.TorchRuntime.SelectDevice("auto")));
Console.WriteLine(SimClr.Runtime.TorchRuntime.ProcessorHasBFloat16());
