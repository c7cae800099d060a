using System.Buffers.Binary;
using System.Text;
using SimClr.Reporting;
using SimClr.Runs;
using SimClr.Tests.Fixtures;

namespace SimClr.Torch.Tests.Reporting;

/// <summary>Event files, read back by a reader that shares no code with the writer.</summary>
public sealed class TensorBoardLogTests
{
    [Fact]
    public void The_checksum_is_that_of_the_standard()
    {
        Assert.Equal(0xE3069283u, EventEncoding.Checksum("123456789"u8)); // the check value of CRC-32C
        Assert.Equal(0x8A9136AAu, EventEncoding.Checksum(new byte[32])); // RFC 3720, B.4
        Assert.Equal(0x62A8AB43u, EventEncoding.Checksum(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        // Files that TensorFlow writes begin with 24 as eight bytes and then A3 7F 4B 22.
        Assert.Equal(0x224B7FA3u, EventEncoding.Masked(EventEncoding.Checksum([24, 0, 0, 0, 0, 0, 0, 0])));
    }

    [Fact]
    public void Every_line_is_an_event_and_every_figure_in_it_a_scalar()
    {
        using var run = new SampleRun();
        run.LogGeometry(from: 41);
        RunReport.Write(run.Path);
        var events = Read(File.ReadAllBytes(TensorBoardLog.In(RunFolder.Open(run.Path))));
        Assert.Equal("brain.Event:2", events[0].Version);
        Assert.Equal(Enumerable.Range(1, 78).Select(i => 5L * i), events.Skip(1).Select(e => e.Step));
        Assert.Equal(5.95f, events[1].Scalars["loss"], 1e-6f);
        Assert.Equal(["contrastive_top1", "loss", "lr", "views_per_second"], events[1].Scalars.Keys.Order());
        var late = events[^1].Scalars;
        Assert.Equal((0.1f, 5.3f, 0.5f, 40.5f),
            (late["contrastive_top1"], late["entropy"], late["lr"], late["effective_rank_h"]));
        Assert.Equal(1.5f - 390 / 500f, late["alignment"], 1e-6f);
        Assert.DoesNotContain("gradient_norm", late.Keys); // it was null
        // 78 intervals of 5 steps with 512 views each, at 140.5 views a second
        Assert.Equal(78 * 5 * 512 / 140.5, events[^1].WallTime - events[0].WallTime, 1e-3);
        Assert.Equal(File.GetLastWriteTimeUtc(run.File("metrics.jsonl")), DateTime.UnixEpoch.AddSeconds(events[^1].WallTime),
            TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public void Figures_of_some_lines_only_have_their_curves()
    {
        TrainingMetrics[] lines =
        [
            new() { Step = 10, Epoch = 1, Loss = 5, ContrastiveTop1 = 0.1, LearningRate = 0.5, ViewsPerSecond = 100,
                OnlineTop1 = 0.25, GradientNorm = 3 },
            new() { Step = 20, Epoch = 1, Loss = double.NaN, ContrastiveTop1 = 0.2, LearningRate = 0.5, ViewsPerSecond = 0,
                KnnTop1 = 0.5 },
        ];
        var events = Read(TensorBoardLog.Encode(lines, ended: 1002, viewsPerStep: 20));
        Assert.Equal([1000, 1002, 1002], events.Select(e => e.WallTime));
        Assert.Equal((0.25f, 3f), (events[1].Scalars["online_top1"], events[1].Scalars["gradient_norm"]));
        Assert.Equal(0.5f, events[2].Scalars["knn_top1"]);
        Assert.DoesNotContain("loss", events[2].Scalars.Keys);
    }

    [Fact]
    public void Writing_again_changes_no_byte_and_leaves_one_file()
    {
        using var run = new SampleRun();
        RunReport.Write(run.Path);
        var first = File.ReadAllBytes(TensorBoardLog.In(RunFolder.Open(run.Path)));
        RunReport.Write(run.Path);
        Assert.Equal(first, File.ReadAllBytes(TensorBoardLog.In(RunFolder.Open(run.Path))));
        Assert.Single(Directory.EnumerateFiles(run.File("tensorboard")));
        Assert.Empty(Directory.EnumerateFiles(run.Path, "*.tmp"));
    }

    [Fact]
    public void A_run_that_logged_nothing_has_no_event_file()
    {
        using var run = new SampleRun();
        File.Delete(run.File("metrics.jsonl"));
        RunReport.Write(run.Path);
        Assert.False(Directory.Exists(run.File("tensorboard")));
    }

    [Fact]
    public void A_step_of_a_run_in_training_is_added_at_once_behind_those_from_before()
    {
        using var run = new SampleRun();
        var told = new List<TrainingMetrics>();
        var warnings = new ListLogger();
        using var live = new LiveTensorBoard(run.Path, new Sink(told), warnings);
        Assert.False(Directory.Exists(run.File("tensorboard")));
        live.Report(At(390)); // whose line is in the metrics
        Assert.Equal(390, Read(File.ReadAllBytes(TensorBoardLog.In(RunFolder.Open(run.Path))))[^1].Step);
        live.Report(At(395));
        live.Report(At(400) with { KnnTop1 = 0.75 });
        var events = Read(File.ReadAllBytes(TensorBoardLog.In(RunFolder.Open(run.Path))));
        Assert.Equal([385, 390, 395, 400], events[^4..].Select(e => e.Step));
        Assert.Equal((3f, 0.75f), (events[^2].Scalars["loss"], events[^1].Scalars["knn_top1"]));
        Assert.Equal([390, 395, 400], told.Select(progress => progress.Step));
        Assert.Empty(warnings.Lines);
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_named_once_and_stops_nothing()
    {
        using var run = new SampleRun();
        File.WriteAllText(run.File("tensorboard"), "in the way");
        var told = new List<TrainingMetrics>();
        var warnings = new ListLogger();
        using var live = new LiveTensorBoard(run.Path, new Sink(told), warnings);
        live.Report(At(390));
        live.Report(At(395));
        Assert.Contains("tensorboard", Assert.Single(warnings.Lines));
        Assert.Equal(2, told.Count);
    }

    private static TrainingMetrics At(int step) =>
        new()
        {
            Step = step,
            Epoch = 10,
            Loss = 3,
            ChanceLoss = Math.Log(511),
            ContrastiveTop1 = 0.5,
            LearningRate = 0.25,
            ViewsPerSecond = 140.4
        };

    private sealed class Sink(List<TrainingMetrics> told) : IProgress<TrainingMetrics>
    {
        public void Report(TrainingMetrics value) => told.Add(value);
    }

    private sealed record Event(double WallTime, long Step, string? Version, Dictionary<string, float> Scalars);

    private static List<Event> Read(byte[] file)
    {
        var events = new List<Event>();
        for (var at = 0; at < file.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(Masked(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            var data = file[(at + 12)..(at + 12 + length)];
            Assert.Equal(Masked(data), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            var fields = Fields(data).ToLookup(field => field.Number, field => field.Value);
            var values = fields[5].SelectMany(summary => Fields((byte[])summary))
                .Select(value => Fields((byte[])value.Value).ToList());
            events.Add(new Event((double)fields[1].Single(), (long)(ulong)fields[2].SingleOrDefault(0UL),
                fields[3].SingleOrDefault() is byte[] version ? Encoding.UTF8.GetString(version) : null,
                values.ToDictionary(v => Encoding.UTF8.GetString((byte[])v.Single(f => f.Number == 1).Value),
                    v => (float)v.Single(f => f.Number == 2).Value)));
            at += 16 + length;
        }
        return events;
    }

    private static IEnumerable<(int Number, object Value)> Fields(byte[] message)
    {
        for (var at = 0; at < message.Length;)
        {
            var key = (int)Varint(message, ref at);
            object value;
            switch (key & 7)
            {
                case 0: value = Varint(message, ref at); break;
                case 1: value = BitConverter.ToDouble(message, at); at += 8; break;
                case 5: value = BitConverter.ToSingle(message, at); at += 4; break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    value = message[at..(at + length)];
                    at += length;
                    break;
                default: throw new InvalidDataException($"wire type {key & 7}");
            }
            yield return (key >> 3, value);
        }
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var b = message[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
    }

    /// <summary>CRC-32C bit by bit, reflected polynomial 0x82F63B78.</summary>
    private static uint Masked(ReadOnlySpan<byte> data)
    {
        var crc = ~0u;
        foreach (var b in data)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 1 ? crc >> 1 ^ 0x82F63B78 : crc >> 1;
        }
        crc = ~crc;
        return (crc >> 15 | crc << 17) + 0xA282EAD8;
    }
}
