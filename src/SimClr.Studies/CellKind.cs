namespace SimClr.Studies;

/// <summary>How the runs of a cell learn.</summary>
public enum CellKind
{
    /// <summary>By SimCLR, without labels; judged by a classifier on frozen features.</summary>
    SelfSupervised,

    /// <summary>
    /// With labels, by the same network on the same augmented views with cross-entropy; its own answers are judged. An
    /// interrupted run begins anew.
    /// </summary>
    Supervised,
}
