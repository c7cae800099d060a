namespace SimClr.Settings;

/// <summary>The residual network (He et al. 2015, arXiv:1512.03385) that is trained.</summary>
public enum EncoderKind
{
    /// <summary>ResNet-18: eight blocks of two 3×3 convolutions.</summary>
    ResNet18,

    /// <summary>ResNet-34: sixteen blocks of two 3×3 convolutions.</summary>
    ResNet34,

    /// <summary>ResNet-50: sixteen bottlenecks; the paper's.</summary>
    ResNet50,

    /// <summary>ResNet-101: 33 bottlenecks.</summary>
    ResNet101,

    /// <summary>ResNet-152: 50 bottlenecks.</summary>
    ResNet152,

    /// <summary>ResNet-18 with a third block in its last stage, as CNTK trained it for ML.NET.</summary>
    ResNet18Cntk,
}
