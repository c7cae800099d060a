namespace SimClr.Onnx;

/// <summary>Element types, with ONNX's numbers (<c>TensorProto.DataType</c>).</summary>
internal enum OnnxType
{
    /// <summary>Numbers of 32 bits.</summary>
    Float32 = 1,

    /// <summary>Bytes, as pixels come.</summary>
    UInt8 = 2,

    /// <summary>Numbers of 16 bits: 11 significant bits, 65,504 at most.</summary>
    Float16 = 10,
}
