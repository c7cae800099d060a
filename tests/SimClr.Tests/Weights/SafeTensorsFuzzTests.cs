using SimClr.Randomness;
using SimClr.Runtime;
using SimClr.Weights;
using static TorchSharp.torch;

namespace SimClr.Tests.Weights;

public sealed class SafeTensorsFuzzTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public SafeTensorsFuzzTests() => TorchRuntime.EnsureLoaded();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Any_damage_either_loads_or_is_refused_and_nothing_else()
    {
        using var scope = NewDisposeScope();
        SafeTensors.Write(
            _path,
            [("layer.weight", ones(3, 4)), ("layer.bias", zeros(4, float64)), ("count", tensor(7L)), ("none", zeros(0, 2))],
            new Dictionary<string, string> { ["format"] = "pt" });
        var valid = File.ReadAllBytes(_path);
        int loaded = 0, refused = 0;
        for (var trial = 0; trial < 2000; trial++)
        {
            File.WriteAllBytes(_path, Mutate(valid, trial));
            try
            {
                using var file = SafeTensors.Read(_path);
                using var inner = NewDisposeScope();
                foreach (var name in file.Names) Assert.True(file.Get(name).NumberOfElements <= valid.Length);
                loaded++;
            }
            catch (WeightsException)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"Trial {trial}: {e}");
            }
        }
        // Both outcomes must occur, or the mutations are too weak or too strong to show anything.
        Assert.True(loaded > 20 && refused > 500, $"{loaded} loaded, {refused} refused");
    }

    /// <summary>One to three edits: mostly in the header, where there is something to break.</summary>
    private static byte[] Mutate(byte[] valid, int trial)
    {
        var random = new CounterRandom(99, 0, trial, 0, DrawPurpose.Order);
        var bytes = valid.ToList();
        for (var edit = random.NextInt32(3); edit >= 0; edit--)
        {
            var at = random.NextInt32(random.NextBernoulli(0.8) ? Math.Min(bytes.Count, 400) : bytes.Count);
            switch (random.NextInt32(6))
            {
                case 0: bytes[at] ^= (byte)(1 << random.NextInt32(8)); break;
                case 1: bytes[at] = (byte)random.NextInt32(256); break;
                case 2: bytes[at] = (byte)('0' + random.NextInt32(10)); break;
                case 3: bytes.Insert(at, (byte)random.NextInt32(256)); break;
                case 4: bytes.RemoveRange(at, Math.Min(bytes.Count - at, 1 + random.NextInt32(9))); break;
                default: bytes.RemoveRange(Math.Max(1, at), bytes.Count - Math.Max(1, at)); break;
            }
        }
        return [.. bytes];
    }
}
