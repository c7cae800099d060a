using SimClr.Data;
using SimClr.Images;
using SimClr.Numerics;

namespace SimClr.Fuzz;

/// <summary>CIFAR-10: the input's first 64 bytes are the list of names, the others the first of the files of records.</summary>
internal sealed class CifarTarget : ReaderTarget
{
    private const int RecordBytes = 3073, NameBytes = 64;

    public CifarTarget()
    {
        for (var i = 2; i <= 5; i++) File.WriteAllBytes(Scratch($"data_batch_{i}.bin"), new byte[RecordBytes]);
        File.WriteAllBytes(Scratch("test_batch.bin"), new byte[RecordBytes]);
    }

    public override long AllocationBound(long length) => 128 * 1024 + 8 * length;

    public override string Read(byte[] input)
    {
        var names = Math.Min(NameBytes, input.Length);
        File.WriteAllBytes(Scratch("batches.meta.txt"), input[..names]);
        File.WriteAllBytes(Scratch("data_batch_1.bin"), input[names..]);
        var (train, test) = Cifar10.Open(ScratchFolder);
        var memory = new RgbImage(32, 32);
        for (var i = 0; i < train.Count; i++)
        {
            if (train.Label(i) >= train.ClassNames.Count) throw new InvalidOperationException($"label {train.Label(i)} of {i}");
            train.Load(i, 1, memory);
        }
        return $"{train.Count} {test.Count} {train.ClassNames[0] == "airplane"}";
    }

    public override bool IsDocumented(Exception exception) => exception is DataException;

    /// <summary>Makes whole records of it, half of the time, with a label below 16.</summary>
    public override byte[] Mend(byte[] input, CounterRandom random)
    {
        if (input.Length < NameBytes || random.NextBernoulli(0.5)) return input;
        Array.Resize(ref input, NameBytes + Math.Max(1, (input.Length - NameBytes) / RecordBytes) * RecordBytes);
        for (var at = NameBytes; at < input.Length; at += RecordBytes) input[at] &= 15;
        return input;
    }
}
