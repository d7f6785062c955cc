package main

func Example() {
	main()
	// Output:
	// two of tea: 7
	// two of scone: 4.5
	// Error: callSync: price: there is no coffee today
	// two of coffee: 0
}
