using SimClr.Data;
using SimClr.Losses;
using SimClr.Settings;
using SimClr.Training;
using TorchSharp;

namespace SimClr.Torch.Tests.Training;

/// <summary>Steps take no more memory the longer they go on.</summary>
public sealed class StepMemoryTests
{
    private static readonly PretrainingOptions Tiny = new()
    {
        Model = new() { Width = 0.25, ImageSize = 8 },
        Schedule = new() { Epochs = 3, WarmupEpochs = 1, LearningRate = 1 },
        BatchSize = 10,
        Views = new() { ColorStrength = 0.5, Blur = 0 },
        Seed = 5,
    };

    [Fact]
    public void Memory_is_flat_over_five_hundred_steps()
    {
        var batches = new ViewBatches(Shapes.Open(40, 8).Train, Tiny.Views.CreatePolicies(Tiny.Model).First, new ViewBatchOptions
        {
            BatchSize = 10,
        });
        using var state = new TrainingState(Tiny, torch.CPU);
        var step = new TrainingStep(state, new NtXent(), torch.ScalarType.Float32, microBatch: 0, batches.Dataset);
        var resident = new Dictionary<int, long>();
        var handles = new Dictionary<int, int>();
        for (int epoch = 0, taken = 0; taken < 500; epoch++)
        {
            foreach (var batch in batches.Epoch(epoch))
            {
                using (torch.NewDisposeScope()) step.Take(batch, 0.1);
                if (++taken is 100 or 500) (resident[taken], handles[taken]) = (Resident(), Handles());
            }
        }
        // One forgotten activation of 20 views (16 channels, 8 by 8, float32) would be 80 KB a step: 31 MB over 400 steps.
        Assert.True(resident[500] - resident[100] < 12 << 20,
            $"{resident[100]:N0} bytes after 100 steps, {resident[500]:N0} after 500");

        // One left open a step would be 400; other tests of the same process open and close some of theirs meanwhile.
        Assert.InRange(handles[500], 0, handles[100] + 40);

        static int Handles() => Directory.Exists("/proc/self/fd") ? Directory.GetFiles("/proc/self/fd").Length : 0;

        static long Resident()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            using var process = System.Diagnostics.Process.GetCurrentProcess();
            return process.WorkingSet64;
        }
    }
}
