using SimClr.Numerics;

namespace SimClr.Tests.Numerics;

public unsafe class AlignedFloatsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(65_535)]
    [InlineData(65_536)] // from here in huge pages
    [InlineData(1_000_003)]
    public void Memory_is_aligned_zero_and_as_long_as_asked_for(int length)
    {
        var floats = new AlignedFloats();
        var memory = floats.Reserve(length);
        Assert.Equal(0u, (nuint)memory % 64);
        if (length >= 65_536) Assert.Equal(0u, (nuint)memory % (2 << 20));
        Assert.True(new ReadOnlySpan<float>(memory, length).IndexOfAnyExcept(0f) < 0);
        Assert.True(memory == floats.Reserve(length) && memory == floats.Pointer);

        floats.Slice(length - 1, 1)[0] = 3;
        Assert.Equal(3f, memory[length - 1]);
        GC.Collect();
        Assert.True(memory == floats.Pointer);
        Assert.Throws<ArgumentOutOfRangeException>(() => floats.Slice(0, 64 << 20).Length);
    }
}
