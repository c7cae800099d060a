using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using SimClr.Models;
using SimClr.Native;
using SimClr.Tests.Fixtures;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Models;

public sealed class SafeTensorsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("simclr-weights-").FullName;

    public SafeTensorsTests() => TorchRuntime.EnsureLoaded();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);

    [Fact]
    public void Every_type_comes_back_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        var numbers = tensor(new[] { 1.5f, -0.0f, float.NaN, float.PositiveInfinity, 1e-40f, 3e38f, 7, 0 }, [2, 4]);
        ScalarType[] types = [ScalarType.Float32, ScalarType.Float64, ScalarType.Float16, ScalarType.BFloat16,
            ScalarType.Int64, ScalarType.Int32, ScalarType.Byte, ScalarType.Bool];
        var tensors = types.Select(type => (type.ToString(), numbers.nan_to_num(0, 5, -5).to(type))).ToList();
        tensors.Add(("odd values", numbers));
        tensors.Add(("scalar", tensor(3.25)));
        tensors.Add(("empty", zeros(0, 3)));
        SafeTensors.Write(At("a"), tensors, new Dictionary<string, string> { ["about"] = "ünï\ncode" });

        using var file = SafeTensors.Read(At("a"));
        Assert.Equal("ünï\ncode", file.Metadata["about"]);
        Assert.Equal(tensors.Select(t => t.Item1).Order(), file.Names.Order());
        foreach (var (name, written) in tensors)
        {
            var read = file.Get(name);
            Assert.Equal(written.dtype, read.dtype);
            Assert.Equal(written.dtype, file.DType(name));
            Assert.Equal(written.shape, read.shape);
            Assert.Equal(written.shape, file.Shape(name));
            Assert.True(written.bytes.SequenceEqual(read.bytes), name);
        }
    }

    [Fact]
    public void Values_are_in_logical_order_whatever_the_strides()
    {
        using var scope = NewDisposeScope();
        var plain = arange(2 * 3 * 4 * 5, float32).reshape(2, 3, 4, 5);
        var channelsLast = plain.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2); // [2, 3, 4, 5]
        Assert.False(channelsLast.is_contiguous());
        var slice = plain.narrow(3, 1, 3).transpose(0, 1); // [3, 2, 4, 3]
        SafeTensors.Write(At("a"), [("last", channelsLast), ("slice", slice)]);

        var golden = Golden.ArraysAt(At("a"));
        Assert.Equal(plain.data<float>().ToArray(), golden.Float32("last"));
        Assert.Equal([3L, 2, 4, 3], golden.Shape("slice"));
        Assert.Equal(slice.contiguous().data<float>().ToArray(), golden.Float32("slice"));
    }

    [Fact]
    public void A_file_written_by_the_reference_implementation_is_read()
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(AppContext.BaseDirectory, "Fixtures", "Golden", "knn.safetensors");
        var golden = Golden.ArraysAt(path);
        using var file = SafeTensors.Read(path);
        Assert.Equal(golden.Names.Order(), file.Names.Order());
        foreach (var name in file.Names)
        {
            Assert.Equal(golden.Shape(name), file.Shape(name));
            using var read = file.Get(name);
            switch (file.DType(name))
            {
                case ScalarType.Float32: Assert.Equal(golden.Float32(name), read.data<float>().ToArray()); break;
                case ScalarType.Float64: Assert.Equal(golden.Float64(name), read.data<double>().ToArray()); break;
                default: Assert.Equal(golden.Int64(name), read.data<long>().ToArray()); break;
            }
        }
    }

    [Fact]
    public void The_layout_is_aligned_and_without_gaps()
    {
        using var scope = NewDisposeScope();
        var (half, wide) = (zeros(3, float16), zeros(1, float64));
        SafeTensors.Write(At("a"), [("u8", zeros(3, uint8)), ("f32", zeros(5)), ("f64", wide), ("f16", half)]);

        var bytes = File.ReadAllBytes(At("a"));
        var length = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal(0, length % 8);
        using var header = JsonDocument.Parse(bytes.AsMemory(8, (int)length));
        var offsets = header.RootElement.EnumerateObject()
            .ToDictionary(p => p.Name, p => p.Value.GetProperty("data_offsets"))
            .ToDictionary(p => p.Key, p => (p.Value[0].GetInt32(), p.Value[1].GetInt32()));
        Assert.Equal((0, 8), offsets["f64"]);
        Assert.Equal((8, 28), offsets["f32"]);
        Assert.Equal((28, 34), offsets["f16"]);
        Assert.Equal((34, 37), offsets["u8"]);
        Assert.Equal(8 + length + 37, bytes.Length);
    }

    [Theory]
    [InlineData("", "begin")]
    [InlineData("[]", "begin")]
    [InlineData("{", "not a valid")]
    [InlineData("{'a':1}", "lacks")]
    [InlineData("{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}", "4 bytes follow")]
    [InlineData("{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},"
        + "'a':{'dtype':'F32','shape':[0],'data_offsets':[8,8]}}", "uplicate")]
    [InlineData("{'a':{'dtype':'F31','shape':[2],'data_offsets':[0,8]}}", "F31")]
    [InlineData("{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}}", "needs 12 bytes")]
    [InlineData("{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,12]}}", "file ends")]
    [InlineData("{'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}}", "whole number")]
    [InlineData("{'a':{'dtype':'F32','shape':[1.5],'data_offsets':[0,8]}}", "whole number")]
    [InlineData("{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}}", "start, end")]
    [InlineData("{'a':{'dtype':'F32','shape':[4294967296,4294967296,4],'data_offsets':[0,8]}}", "overflows")]
    [InlineData("{'a':{'dtype':'F32','shape':[0,4294967296,4294967296],'data_offsets':[0,0]}}", "overflows")]
    [InlineData("{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},"
        + "'b':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}", "where 4 is due")]
    [InlineData("{'a':{'dtype':'U8','shape':[1],'data_offsets':[0,1]},"
        + "'b':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}", "where 1 is due")]
    [InlineData("{'__metadata__':{'x':1},'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}", "not a string")]
    [InlineData("{'\\ud800':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}", "not a valid")]
    [InlineData("{'bad\\nname':{'dtype':'F32','shape':[9],'data_offsets':[0,8]}}", "bad name")]
    public void A_header_that_breaks_a_rule_is_refused_in_one_line_that_names_the_file(string header, string reason)
    {
        var json = Encoding.UTF8.GetBytes(header.Replace('\'', '"'));
        var bytes = new byte[8 + json.Length + 8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, json.Length);
        json.CopyTo(bytes, 8);
        File.WriteAllBytes(At("bad"), bytes);

        var error = Assert.Throws<WeightsException>(() => SafeTensors.Read(At("bad")));
        Assert.StartsWith(At("bad") + ": ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 62)]
    [InlineData(200_000_000UL)]
    public void A_header_length_beyond_the_file_is_refused(ulong length)
    {
        var bytes = new byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        File.WriteAllBytes(At("bad"), bytes);
        Assert.Throws<WeightsException>(() => SafeTensors.Read(At("bad")));
    }

    [Fact]
    public void A_missing_file_a_folder_and_a_stub_are_refused()
    {
        File.WriteAllBytes(At("stub"), [1, 2, 3]);
        Assert.Throws<WeightsException>(() => SafeTensors.Read(At("absent")));
        Assert.Throws<WeightsException>(() => SafeTensors.Read(_folder));
        Assert.Throws<WeightsException>(() => SafeTensors.Read(At("stub")));
    }

    [Fact]
    public void Names_must_be_unique_and_types_known()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => SafeTensors.Write(At("a"), [("x", zeros(1)), ("x", zeros(1))]));
        Assert.Throws<ArgumentException>(() => SafeTensors.Write(At("a"), [("__metadata__", zeros(1))]));
        Assert.Throws<ArgumentException>(() => SafeTensors.Write(At("a"), [("x", zeros(1, complex64))]));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_file_and_no_other()
    {
        using var scope = NewDisposeScope();
        SafeTensors.Write(At("a"), [("x", ones(2))]);
        var before = File.ReadAllBytes(At("a"));

        // A sparse tensor has a type and a shape and no row-major bytes, so this fails in the middle of the data.
        var sparse = sparse_coo_tensor(tensor(new long[] { 0, 1 }, [1, 2]), ones(2), [4]);
        Assert.ThrowsAny<Exception>(() => SafeTensors.Write(At("a"), [("x", zeros(2)), ("y", sparse)]));
        Assert.Equal(before, File.ReadAllBytes(At("a")));
        Assert.Equal([At("a")], Directory.GetFiles(_folder));

        Assert.Throws<WeightsException>(() => SafeTensors.Write(Path.Combine(_folder, "no", "such", "a"), [("x", ones(2))]));
    }

    [Fact]
    public void Reading_and_writing_leave_no_tensors_behind()
    {
        using var x = ones(5, 7).t();
        var before = LiveTensors.Count();
        SafeTensors.Write(At("a"), [("x", x)]);
        using (var file = SafeTensors.Read(At("a"))) file.Get("x").Dispose();
        Assert.Equal(before, Tensor.TotalCount);
    }
}
