namespace SimClr.Cli.Display;

/// <summary>The losses seen so far, thinned to a bounded number, drawn as one line of blocks.</summary>
internal sealed class LossHistory
{
    private const int Max = 512;
    private const string Blocks = "▁▂▃▄▅▆▇█";

    private readonly List<double> _values = [];
    private int _every = 1;
    private int _seen;

    /// <summary>Adds a loss.</summary>
    public void Add(double loss)
    {
        if (_seen++ % _every != 0 || !double.IsFinite(loss)) return;
        _values.Add(loss);
        if (_values.Count < Max) return;
        _every *= 2;
        for (var i = 0; i < _values.Count / 2; i++) _values[i] = _values[2 * i];
        _values.RemoveRange(_values.Count / 2, _values.Count - _values.Count / 2);
    }

    /// <summary>The whole course in a limited number of characters; a full block is the largest loss seen.</summary>
    public string Draw(int width)
    {
        if (_values.Count < 2 || width < 2) return "";
        var columns = Math.Min(width, _values.Count);
        var means = Enumerable.Range(0, columns).Select(column =>
        {
            var from = column * _values.Count / columns;
            var to = (column + 1) * _values.Count / columns;
            return _values.GetRange(from, to - from).Average();
        }).ToArray();
        var (low, high) = (means.Min(), means.Max());
        var scale = high > low ? (Blocks.Length - 1) / (high - low) : 0;
        return string.Concat(means.Select(value => Blocks[(int)Math.Round((value - low) * scale)]));
    }
}
