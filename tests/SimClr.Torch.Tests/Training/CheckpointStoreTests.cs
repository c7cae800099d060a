using SimClr.Native;
using SimClr.Tests.Fixtures;
using SimClr.Training;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Training;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("simclr-checkpoints-").FullName;
    private readonly string _folder;

    public CheckpointStoreTests()
    {
        TorchRuntime.EnsureLoaded();
        _folder = Path.Combine(_root, "checkpoints");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static CheckpointInfo Info(long step) => new()
    {
        Epoch = 3,
        Step = step,
        StepInEpoch = 17,
        Seed = ulong.MaxValue,
        Settings = "{\"temperature\": 0.5, \"note\": \"\\\"ü\\\"\"}",
        DataFingerprint = "cifar10:1234",
        Figures = new Dictionary<string, double> { ["loss"] = 0.1 + 0.2, ["best"] = double.NaN, ["x"] = double.PositiveInfinity },
    };

    private static (string, Tensor)[] State(float value) =>
        [("encoder.weight", full(3, 5, value)), ("momentum.weight", arange(6, float32).reshape(2, 3).t()), ("count", tensor(9L))];

    private string[] Files() => [.. Directory.GetFiles(_folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Fact]
    public void A_state_comes_back_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        var store = new CheckpointStore(_folder);
        Assert.Null(store.LoadLatest());
        var odd = tensor([0.1f, float.NaN, -0f, 1e-42f]);
        var path = store.Save(Info(1234), [.. State(1), ("odd", odd)]);

        Assert.Equal(Path.Combine(_folder, "step-00001234.safetensors"), path);
        using var loaded = new CheckpointStore(_folder).LoadLatest(new ListLogger(_ => Assert.Fail("nothing is damaged")))!;
        Assert.Equal(Info(1234) with { Figures = loaded.Info.Figures }, loaded.Info);
        Assert.Equal(Info(1234).Figures, loaded.Info.Figures);
        Assert.Equal(4, loaded.Tensors.Count);
        Assert.True(odd.bytes.SequenceEqual(loaded.Tensors["odd"].bytes));
        foreach (var (name, saved) in State(1))
        {
            Assert.Equal(saved.dtype, loaded.Tensors[name].dtype);
            Assert.Equal(saved.shape, loaded.Tensors[name].shape);
            using var contiguous = saved.contiguous();
            Assert.True(contiguous.bytes.SequenceEqual(loaded.Tensors[name].bytes), name);
        }
    }

    [Fact]
    public void Only_the_newest_are_kept_and_the_order_is_by_number()
    {
        using var scope = NewDisposeScope();
        var store = new CheckpointStore(_folder, keep: 2);
        long[] steps = [9, 10, 99_999_999, 100_000_000];
        foreach (var step in steps) store.Save(Info(step), State(step));
        Assert.Equal(["step-100000000.safetensors", "step-99999999.safetensors"], Files());
        using var loaded = store.LoadLatest()!;
        Assert.Equal(100_000_000, loaded.Info.Step);
        Assert.Throws<ArgumentOutOfRangeException>(() => new CheckpointStore(_folder, keep: 0));
    }

    [Fact]
    public void A_damaged_newest_is_passed_over_and_replaced_by_what_follows()
    {
        using var scope = NewDisposeScope();
        var store = new CheckpointStore(_folder, keep: 1);
        store.Save(Info(20), State(20));
        var older = File.ReadAllBytes(Path.Combine(_folder, "step-00000020.safetensors"));
        var newest = store.Save(Info(30), State(30));
        File.WriteAllBytes(Path.Combine(_folder, "step-00000020.safetensors"), older);
        using (var stream = new FileStream(newest, FileMode.Open)) stream.SetLength(stream.Length - 5);

        var warnings = new ListLogger();
        using (var loaded = store.LoadLatest(warnings)!) Assert.Equal(20, loaded.Info.Step);
        Assert.Contains("step-00000030.safetensors", Assert.Single(warnings.Lines), StringComparison.Ordinal);

        store.Save(Info(25), State(25)); // continued from 20: the damaged 30 must not crowd this one out
        Assert.Equal(["step-00000025.safetensors"], Files());
    }

    [Fact]
    public void When_all_are_damaged_the_error_names_them()
    {
        using var scope = NewDisposeScope();
        var store = new CheckpointStore(_folder);
        File.WriteAllText(store.Save(Info(1), State(1)), "rubbish and more rubbish");
        File.WriteAllText(store.Save(Info(2), State(2)), "rubbish and more rubbish");
        var error = Assert.Throws<CheckpointException>(() => store.LoadLatest());
        Assert.Contains("step-00000002.safetensors, step-00000001.safetensors", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flipped_bit_in_any_byte_is_noticed()
    {
        using var scope = NewDisposeScope();
        var store = new CheckpointStore(_folder);
        var path = store.Save(Info(5) with { Figures = new Dictionary<string, double>() }, [("w", ones(3)), ("n", tensor(7L))]);
        var valid = File.ReadAllBytes(path);
        var damaged = (byte[])valid.Clone();
        for (var at = 0; at < valid.Length; at++)
        {
            damaged[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(path, damaged);
            Assert.Throws<CheckpointException>(() => store.LoadLatest());
            damaged[at] = valid[at];
        }
        File.WriteAllBytes(path, valid);
        store.LoadLatest()!.Dispose();
    }

    [Fact]
    public void Another_format_version_is_an_error_and_not_damage()
    {
        using var scope = NewDisposeScope();
        var store = new CheckpointStore(_folder);
        store.Save(Info(1), State(1));
        store.Save(Info(2) with { Version = 7 }, State(2));
        var error = Assert.Throws<CheckpointException>(() =>
            store.LoadLatest(new ListLogger(_ => Assert.Fail("nothing is damaged"))));
        Assert.Contains("format 7", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_killed_process_left_is_ignored_and_removed_by_the_next_save()
    {
        using var scope = NewDisposeScope();
        var store = new CheckpointStore(_folder);
        store.Save(Info(1), State(1));
        File.WriteAllText(Path.Combine(_folder, "step-00000002.safetensors.tmp"), "half a file");
        File.WriteAllText(Path.Combine(_folder, "step-notes.safetensors"), "someone's own file");
        using (var loaded = store.LoadLatest(new ListLogger(_ => Assert.Fail("nothing is damaged")))!)
            Assert.Equal(1, loaded.Info.Step);
        store.Save(Info(3), State(3));
        Assert.Equal(["step-00000001.safetensors", "step-00000003.safetensors", "step-notes.safetensors"], Files());
    }

    [Fact]
    public void A_state_that_cannot_be_written_is_an_error_and_leaves_the_others()
    {
        using var scope = NewDisposeScope();
        var store = new CheckpointStore(_folder);
        store.Save(Info(1), State(1));
        Directory.CreateDirectory(Path.Combine(_folder, "step-00000002.safetensors", "in the way"));
        Assert.Throws<CheckpointException>(() => store.Save(Info(2), State(2)));
        using var loaded = store.LoadLatest()!;
        Assert.Equal(1, loaded.Info.Step);
    }

    [Fact]
    public void Tensors_belong_to_the_checkpoint_and_nothing_else_lives_on()
    {
        using var outer = NewDisposeScope();
        var state = State(1);
        var store = new CheckpointStore(_folder);
        var before = LiveTensors.Count();
        store.Save(Info(1), state);
        Checkpoint loaded;
        using (var inner = NewDisposeScope()) loaded = store.LoadLatest()!;
        Assert.Equal(before + 3, Tensor.TotalCount);
        Assert.Equal(9, loaded.Tensors["count"].item<long>());
        loaded.Dispose();
        File.WriteAllText(Path.Combine(_folder, "step-00000001.safetensors"), "rubbish");
        Assert.Throws<CheckpointException>(() => store.LoadLatest());
        Assert.Equal(before, Tensor.TotalCount);
    }
}
