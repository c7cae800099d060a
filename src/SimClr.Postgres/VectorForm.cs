using System.Buffers.Binary;

namespace SimClr.Postgres;

/// <summary>
/// pgvector's binary form of a vector, which COPY takes: the number of elements and a zero, of two bytes each, and the elements
/// as 32-bit floats, all with the highest byte first (<c>vector_recv</c> in pgvector's <c>vector.c</c>). Npgsql is not to learn
/// the database's types itself: its statement for that runs with the user's search path.
/// </summary>
internal static class VectorForm
{
    private const int Header = 4; // bytes

    /// <summary>The binary form of a vector of at most 32,767 elements.</summary>
    public static byte[] Bytes(ReadOnlySpan<float> vector)
    {
        var bytes = new byte[Header + (vector.Length * sizeof(float))];
        BinaryPrimitives.WriteInt16BigEndian(bytes, checked((short)vector.Length));
        for (var i = 0; i < vector.Length; i++)
            BinaryPrimitives.WriteSingleBigEndian(bytes.AsSpan(Header + (i * sizeof(float))), vector[i]);
        return bytes;
    }
}
