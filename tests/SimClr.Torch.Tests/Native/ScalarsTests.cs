using System.Runtime.CompilerServices;
using SimClr.Native;
using TorchSharp;

namespace SimClr.Torch.Tests.Native;

public sealed class ScalarsTests
{
    [Fact]
    public void A_number_is_held_while_an_operation_may_read_it_and_not_for_ever()
    {
        var number = Ask();
        GC.Collect();
        Assert.True(number.IsAlive);
        for (var i = 0; i < 64; i++) Scalars.Of(i);
        GC.Collect();
        Assert.False(number.IsAlive);
    }

    [Fact]
    public void Integers_stay_integers()
    {
        using var scope = torch.NewDisposeScope();
        Assert.Equal(torch.ScalarType.Int64, torch.tensor([1L]).add(Scalars.Of(2), Scalars.One).dtype);
        Assert.Equal(torch.ScalarType.Float32, torch.tensor([1L]).add(Scalars.Of(2.0), Scalars.One).dtype);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Ask() => new(Scalars.Of(0.5));
}
