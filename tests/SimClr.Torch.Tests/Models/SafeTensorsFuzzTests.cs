using System.Buffers.Binary;
using System.Text;
using SimClr.Models;
using SimClr.Native;
using SimClr.Numerics;
using SimClr.Studies;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Models;

public sealed class SafeTensorsFuzzTests : IDisposable
{
    private const int Trials = 5000;

    // Reading a file of a few hundred bytes takes about 10 kB of managed memory (strings, lists, an exception with its trace).
    // A count or size that a header lies about would be far beyond.
    private const long ManagedBytes = 64 * 1024;

    private readonly string _path = Path.GetTempFileName();
    private readonly byte[] _valid;

    public SafeTensorsFuzzTests()
    {
        TorchRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        SafeTensors.Write(
            _path,
            [("layer.weight", ones(3, 4)), ("layer.bias", zeros(4, float64)), ("count", tensor(7L)), ("none", zeros(0, 2))],
            new Dictionary<string, string> { ["format"] = "pt" });
        _valid = File.ReadAllBytes(_path);
    }

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Five_thousand_damaged_files_are_read_or_refused_and_nothing_else()
    {
        var (loaded, refused) = Try(Damage);
        // Both outcomes must occur, or the mutations are too weak or too strong to show anything.
        Assert.True(loaded > 50 && refused > 1250, $"{loaded} loaded, {refused} refused");
    }

    [Fact]
    public void Five_thousand_lying_headers_are_read_or_refused_and_nothing_else()
    {
        var (loaded, refused) = Try(Lie);
        Assert.True(loaded > 50 && refused > 1250, $"{loaded} loaded, {refused} refused");
    }

    [Theory]
    [InlineData("{'a':{'dtype':'U8','shape':[", "1,", "1],'data_offsets':[0,1]}}")]
    [InlineData("{'a':", "[", "")]
    [InlineData("{'a':{'dtype':'U8','shape':[1],'data_offsets':[0,1],'more':[", "1,", "1]}}")]
    public void A_header_of_a_megabyte_takes_no_more_memory_than_it_has_bytes(string start, string repeated, string end)
    {
        var header = start + string.Concat(Enumerable.Repeat(repeated, 1_000_000 / repeated.Length)) + end;
        File.WriteAllBytes(_path, WithHeader(header.Replace('\'', '"'), [1]));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Attempt();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, header.Length + ManagedBytes);
    }

    private (int Loaded, int Refused) Try(Func<CounterRandom, byte[]> mutate)
    {
        var loaded = 0;
        for (var trial = 0; trial < Trials; trial++)
        {
            var bytes = mutate(new CounterRandom(99, 0, trial, 0, DrawPurpose.Order));
            File.WriteAllBytes(_path, bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                if (Attempt()) loaded++;
            }
            catch (Exception e)
            {
                Assert.Fail($"Trial {trial}: {e}");
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, bytes.Length + ManagedBytes);
        }
        return (loaded, Trials - loaded);
    }

    /// <summary>Reads all tensors; false where the file is refused.</summary>
    private bool Attempt()
    {
        try
        {
            using var file = SafeTensors.Read(_path);
            // Before anything is made of it: no shape may promise more elements than the file has bytes.
            var length = new FileInfo(_path).Length;
            Assert.All(file.Names, name => Assert.InRange(file.Shape(name).Aggregate(1.0, (a, b) => a * b), 0, length));
            using var scope = NewDisposeScope();
            Assert.InRange(file.Names.Select(file.Get).Sum(read => read.NumberOfElements * read.ElementSize), 0, length);
            return true;
        }
        catch (WeightsException)
        {
            return false;
        }
    }

    /// <summary>One to three edits of bytes: mostly in the header, where there is something to break.</summary>
    private byte[] Damage(CounterRandom random)
    {
        var bytes = _valid.ToList();
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

    /// <summary>Valid JSON in a frame of the right length, with one or two things in it that need not be true.</summary>
    private byte[] Lie(CounterRandom random)
    {
        string[] numbers =
            ["-1", "0", "1", "2", "8", "48", "1e3", "4294967296", "9223372036854775807", "1e400", "null", "\"8\"", "[]"];
        string[] types = ["F32", "F64", "F16", "BF16", "I64", "U8", "BOOL", "I16", "F8_E4M3", "f32", ""];
        string[] names = ["layer.weight", "layer.bias", "count", "__metadata__", "", "\\u0000", "\\ud800"];
        string Pick(string[] all) => all[random.NextInt32(all.Length)];
        var entries = new List<(string Name, string Type, List<string> Shape, List<string> Span)>
        {
            ("layer.bias", "F64", ["4"], ["0", "32"]), ("count", "I64", [], ["32", "40"]),
            ("layer.weight", "F32", ["3", "4"], ["40", "88"]), ("none", "F32", ["0", "2"], ["88", "88"]),
        };
        var data = 88;
        for (var edit = random.NextInt32(2); edit >= 0; edit--)
        {
            var at = random.NextInt32(entries.Count);
            var entry = entries[at];
            switch (random.NextInt32(8))
            {
                case 0 when entry.Shape.Count > 0: entry.Shape[random.NextInt32(entry.Shape.Count)] = Pick(numbers); break;
                case 0 or 1: entry.Shape.Insert(random.NextInt32(entry.Shape.Count + 1), Pick(numbers)); break;
                case 2: entry.Span[random.NextInt32(2)] = Pick(numbers); break;
                case 3: entries[at] = entry with { Type = Pick(types) }; break;
                case 4: entries[at] = entry with { Name = Pick(names) }; break;
                case 5: entries.RemoveAt(at); break;
                case 6: data = Math.Max(0, data + random.NextInt32(17) - 8); break;
                default: entry.Shape.Reverse(); break; // stays true
            }
            if (entries.Count == 0) break;
        }
        var json = string.Join(",", entries.Select(e => $"\"{e.Name}\":{{\"dtype\":\"{e.Type}\","
            + $"\"shape\":[{string.Join(",", e.Shape)}],\"data_offsets\":[{string.Join(",", e.Span)}]}}"));
        return WithHeader($"{{{json}}}", new byte[data]);
    }

    private static byte[] WithHeader(string json, byte[] data)
    {
        var header = Encoding.UTF8.GetBytes(json);
        var bytes = new byte[8 + header.Length + data.Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
        header.CopyTo(bytes, 8);
        data.CopyTo(bytes, 8 + header.Length);
        return bytes;
    }
}
