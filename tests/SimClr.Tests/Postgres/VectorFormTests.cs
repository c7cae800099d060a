using SimClr.Postgres;

namespace SimClr.Tests.Postgres;

public sealed class VectorFormTests
{
    [Fact]
    public void A_vector_is_its_length_a_zero_and_its_floats_with_the_highest_byte_first() =>
        Assert.Equal("00020000" + "3F800000" + "C0000000", Convert.ToHexString(VectorForm.Bytes([1f, -2f])));
}
